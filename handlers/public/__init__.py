"""The site for everybody: home page, services, certificates, questions and answers."""

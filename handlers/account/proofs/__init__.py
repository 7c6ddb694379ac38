"""What proves who somebody is: codes, challenges, documents, known devices, and how often one may try."""

"""What designers define besides diagrams and tables: forms, letters, notices, public states, services."""

from workflows import schema_sentences

schema_sentences.install_sentences()  # before any schema makes its fields

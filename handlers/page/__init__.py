"""What pages share: fields, the notation of forms, attachments, what is carried from one form to the next."""

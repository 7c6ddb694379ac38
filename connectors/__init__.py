"""Everything outside: registers, channels, storage, documents. Only plain values come in and go out."""

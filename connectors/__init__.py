"""Everything outside, in one shape: registers, channels, storage, documents. Only plain values come in and go out."""

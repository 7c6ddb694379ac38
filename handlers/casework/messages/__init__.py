"""留言, as offices write and read them."""

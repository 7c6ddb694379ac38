"""个人信息中心: what is known of the person, from the registers or by their own hand."""

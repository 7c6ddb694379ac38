"""What is printed: letters, 申请表, certificates, and what no typeface can draw."""

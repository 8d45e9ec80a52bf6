"""What a server costs whose database has grown, against an empty one."""

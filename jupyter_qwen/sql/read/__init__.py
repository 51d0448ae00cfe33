"""What a text says, before anything is proved: lexer, parser, kinds of statements, what reaches outside."""

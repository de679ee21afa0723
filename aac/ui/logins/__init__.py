"""The kinds of login: each says who asks, and answers its own addresses."""

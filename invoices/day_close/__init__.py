"""The cash drawer: what moves in it besides sales, and the close of its day."""

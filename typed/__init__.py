"""What people type and paste, as they meant it: characters, e-mail addresses, postcodes, names.

A plain package below all apps, beside `money`. Requests pass `tidy` in a middleware, files in
`store.imports`; fields of one kind have stricter rules on top.
"""

"""What a browser would get from Headwater on a site's own path, and what to mend: `make doctor URL=…`.

`asking` sends, `checks` judge, each with its remedy; `__main__` prints.
"""

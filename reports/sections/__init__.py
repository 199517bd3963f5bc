"""Words and charts for the result of each kind of section, one module a kind: the same on page and on paper."""

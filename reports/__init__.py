"""The documents, one folder each, with its context, template, print style and build; `engine/` is shared."""

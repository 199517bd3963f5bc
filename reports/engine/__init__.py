"""What all documents share: HTML from templates, PDF, charts and the words for figures."""

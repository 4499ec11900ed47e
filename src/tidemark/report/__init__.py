"""The figures and the report: from tables and arrays to SVG, PNG, GIF and one HTML page."""

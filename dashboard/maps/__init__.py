"""Maps as SVG pictures: shapes from the platform, drawn within limits."""

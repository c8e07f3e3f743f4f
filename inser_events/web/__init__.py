"""The shared edge of all pages: access, errors, headers, assets, forms, caching. Knows no domain."""

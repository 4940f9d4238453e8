"""The register: moves, the frame of the case page, lists, search and its index, drafts, merging, links."""

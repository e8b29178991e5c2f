"""The sample: invented authorities, seeded and national in scale."""

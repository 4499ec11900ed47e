"""Pictures of what a network computes inside: a layer's output at many points, laid out in the plane."""

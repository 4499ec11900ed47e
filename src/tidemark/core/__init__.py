"""What every stage stands on: errors, parameters, the registry, the store."""

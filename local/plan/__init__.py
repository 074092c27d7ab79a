"""The tracking plan's commands: `make plan-check`, `make plan-infer`, `make plan-types`."""

"""One vendor a module; vendors do not know each other."""

__all__: list[str] = []

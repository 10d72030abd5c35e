"""Checks a value against as much of JSON Schema as docs/report.schema.json uses."""

TYPES = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "number": (int, float), "integer": int,
}


def findings(value, schema, root=None, path="$"):
    """What is wrong, each with its place; none: the value is as the schema says."""
    root = root or schema
    if "$ref" in schema:
        target = root
        for part in schema["$ref"].lstrip("#/").split("/"):
            target = target[part]
        schema = {**target, **{key: own for key, own in schema.items() if key != "$ref"}}
    if "const" in schema and value != schema["const"]:
        return [f"{path}: {value!r} is not {schema['const']!r}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{path}: {value!r} is none of {schema['enum']}"]
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(is_a(value, kind) for kind in kinds):
            return [f"{path}: {str(value)[:60]!r} is not {' or '.join(kinds)}"]
    found = []
    if isinstance(value, dict):
        found += [f"{path}: '{name}' is missing" for name in schema.get("required", []) if name not in value]
        known = schema.get("properties", {})
        for name, own in value.items():
            if name in known:
                found += findings(own, known[name], root, f"{path}.{name}")
            elif schema.get("additionalProperties") is False:
                found.append(f"{path}: '{name}' is not in the schema")
            elif isinstance(schema.get("additionalProperties"), dict):
                found += findings(own, schema["additionalProperties"], root, f"{path}.{name}")
    if isinstance(value, list) and "items" in schema:
        for place, own in enumerate(value):
            found += findings(own, schema["items"], root, f"{path}[{place}]")
    return found


def is_a(value, kind):
    if kind in ("number", "integer") and isinstance(value, bool):
        return False
    return isinstance(value, TYPES[kind])

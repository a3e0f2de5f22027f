"""`groovefield bench`: one module a topic; `table` is what each of them fills."""

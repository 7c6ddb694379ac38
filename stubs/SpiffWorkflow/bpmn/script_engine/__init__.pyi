from SpiffWorkflow.task import Task

class PythonScriptEngine:
    environment: object
    def evaluate(self, task: Task, expression: str, external_context: object = None) -> object: ...

"""Intake (相談受付): any desk receives any consultation, and somebody takes it on."""

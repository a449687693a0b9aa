"""What tests of services and plugins work with."""

"""What tests of the web application share."""

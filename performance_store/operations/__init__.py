"""What an operator sees: state, reports, exports."""

"""What every web application here shares, whatever it serves: request ids, logs, figures for
monitoring, limits. It knows Flask, and neither pages nor resources nor the store."""

# The web application, the worker and the migrations in one image: the commands of the Procfile.
#   docker build -t planning-data-performance .
#   docker run -p 8050:8050 -e DATABASE_URL=... planning-data-performance
#   docker run -e DATABASE_URL=... planning-data-performance python -m performance_store migrate
# Where there is no Docker, tools/image.py follows these steps in a folder; the tests do that.
# Another base of the same Python, or this one held to its digest: --build-arg BASE=...
ARG BASE=python:3.11-slim
FROM ${BASE}

ENV PYTHONUNBUFFERED=1
# First, so that a change of code does not install everything anew.
COPY requirements.txt /app/
RUN python -m venv /opt/venv \
    && /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
        --require-hashes -r /app/requirements.txt

WORKDIR /app
COPY LICENSE app.py gunicorn.conf.py ./
COPY assets assets
COPY performance_store performance_store
COPY performance_api performance_api
COPY providers providers
COPY worker worker
COPY checking checking
COPY serving serving
COPY dashboard dashboard
# The code stays the administrator's; only this folder is written to.
RUN /opt/venv/bin/python -m compileall -q /app \
    && mkdir -p /var/lib/performance \
    && chown 10001:10001 /var/lib/performance

ENV PATH=/opt/venv/bin:$PATH
ENV PRODUCTION=yes
ENV PERFORMANCE_STORE_HOME=/var/lib/performance
USER 10001:10001
EXPOSE 8050
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-m", "serving.alive"]
CMD ["gunicorn", "-c", "gunicorn.conf.py", "app:server"]

# syntax=docker/dockerfile:1
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md manifest.yaml ./
COPY bot bot
COPY answers answers
COPY .ci/constraints.txt ./
# pip compiles as it installs: without .pyc files a start takes a second longer.
RUN python -m venv /melcol && /melcol/bin/pip install --no-cache-dir --constraint constraints.txt '.[postgres]'

FROM python:3.13-slim
RUN useradd --system --uid 10001 melcol && install --directory --mode 0700 --owner melcol /data
COPY --from=build /melcol /melcol
USER melcol
ENV PATH=/melcol/bin:$PATH \
    MELCOL_DATABASE_URL=sqlite:////data/melcol.db \
    MELCOL_PORT=3000
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:3000/live')"]
CMD ["melcol", "run"]

# Sendung in a container. Build it in a checkout:   docker build --tag sendung .
# and run it in a show's folder:   docker run --rm --interactive --tty --volume "$PWD:/show" --user "$(id -u)" sendung check
FROM python:3.13-slim
COPY pyproject.toml constraints.txt LICENSE /opt/sendung/
COPY packaging/about.md /opt/sendung/packaging/about.md
COPY src /opt/sendung/src
RUN python -m pip install --no-cache-dir --constraint /opt/sendung/constraints.txt /opt/sendung
RUN sendung --version
# A show's caches and what is kept for it lie below HOME, which any user may write to here.
ENV HOME=/tmp/home SENDUNG_BY=container
RUN mkdir -p /tmp/home && chmod 1777 /tmp/home
WORKDIR /show
ENTRYPOINT ["sendung"]
CMD ["--help"]

#!/bin/sh
# The object store in a container: SeaweedFS from the portal's own locked requirements, started with the settings of
# vae_portal/embedded/seaweed.py. `store.sh` runs it, `store.sh healthy` says whether it may be written to.
set -eu
umask 077
DURABLE=/tmp/store-is-durable

if [ "${1:-}" = healthy ]; then
    test -e "$DURABLE" && python -c 'import urllib.request as u; u.urlopen("http://127.0.0.1:8333/healthz", timeout=3)'
    exit
fi

cd /data
rm -f "$DURABLE"
# Quoted by a program: a secret may hold any character.
python - <<'PYTHON'
import json, os

keys = {"accessKey": os.environ["S3_ACCESS_KEY"], "secretKey": os.environ["S3_SECRET_KEY"]}
actions = ["Admin", "Read", "Write", "List", "Tagging"]
with open("s3.json", "w") as file:
    json.dump({"identities": [{"name": "portail", "credentials": [keys], "actions": actions}]}, file)
PYTHON
# Each bucket opens this many volumes at its first write; seven, the default, is for a cluster.
printf '[master.volume_growth]\ncopy_1 = 2\n' > master.toml

# Every write to a bucket reaches the disk before it is acknowledged. Asked again at each start, and until it is done
# the store is not called healthy, so that nothing is kept any other way.
(
    wanted='{"version": 1, "locations": [{"locationPrefix": "/buckets/", "fsync": true}]}'
    until WANTED=$wanted python - <<'PYTHON' 2>/dev/null
import os, urllib.request as u

u.urlopen("http://127.0.0.1:9333/dir/assign?count=1", timeout=3).read()
address = "http://127.0.0.1:8888/etc/seaweedfs/filer.conf"
json = {"Content-Type": "application/json"}
u.urlopen(u.Request(address, os.environ["WANTED"].encode(), json, method="PUT"), timeout=5)
PYTHON
    do sleep 1; done
    touch "$DURABLE"
) &

# All but S3 listen inside this container only: the filer answers whoever reaches it, without a key.
exec weed -logtostderr=true server \
    -dir=. -ip=127.0.0.1 -ip.bind=127.0.0.1 -s3.ip.bind=0.0.0.0 -filer -s3 \
    -master.port=9333 -volume.port=8080 -filer.port=8888 -s3.port=8333 \
    -s3.port.iceberg=0 -s3.port.lance=0 -s3.iam=false -s3.config=s3.json -master.telemetry=false \
    -master.electionTimeout=1s -master.heartbeatInterval=100ms \
    -master.volumeSizeLimitMB=1024 -volume.max=4000 -volume.preStopSeconds=0

#!/bin/sh
# Try a command in a bare Debian 12 (git and ca-certificates, nothing else), on a fresh clone of what is committed:
#
#     tests/bare_machine.sh FOLDER ./dateline test
#
# As root, with debootstrap. FOLDER is made, and kept for a look; set MIRROR to use another mirror than Debian's own.
# Mounts and processes live in namespaces of their own and end with the command.
set -eu

[ $# -ge 2 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 2; }
repository=$(cd "$(dirname "$0")/.." && pwd)
folder=$1
shift

debootstrap --variant=minbase --include=git,ca-certificates bookworm "$folder" ${MIRROR:+"$MIRROR"}
# The network as here: name servers, trusted certificates, and where this machine's package clients were told to look.
for file in /etc/resolv.conf /etc/ssl/certs/ca-certificates.crt /etc/pip.conf /etc/uv/uv.toml; do
    [ ! -e "$file" ] || install -D -m 644 "$file" "$folder$file"
done
# What Debian's packages would start in the background stays off.
printf '#!/bin/sh\nexit 101\n' >"$folder/usr/sbin/policy-rc.d"
chmod +x "$folder/usr/sbin/policy-rc.d"
git clone -q --no-local "$repository" "$folder/root/dateline"

# shellcheck disable=SC2016  # the inner shell expands
unshare --mount --pid --fork sh -euc '
    folder=$1
    shift
    mount --make-rprivate /
    mount --bind "$folder" "$folder"  # so that its root is a mount, as on a machine: tests mount inside
    mount -t proc proc "$folder/proc"
    mount --rbind /dev "$folder/dev"
    exec env -i HOME=/root TERM="${TERM:-dumb}" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        chroot "$folder" sh -c '\''cd /root/dateline && exec "$@"'\'' sh "$@"
' sh "$folder" "$@"

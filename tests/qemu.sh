#!/bin/sh
# Tests on an emulated processor need Debian's qemu-user, version 10 or newer: install it where that is allowed.
works() { [ "$(qemu-x86_64 --version 2>/dev/null | sed -n '1s/.* version \([0-9]*\).*/\1/p')" -ge 10 ] 2>/dev/null; }
works && exit 0
if command -v apt-get >/dev/null && [ "$(uname -m)" = x86_64 ]; then
    if [ "$(id -u)" = 0 ]; then as_root=; elif sudo -n true 2>/dev/null; then as_root=sudo; else as_root=none; fi
    if [ "$as_root" != none ]; then
        echo "installing qemu-user for the tests on an emulated processor"
        install() {
            DEBIAN_FRONTEND=noninteractive $as_root apt-get "$@" install -y -qq --no-install-recommends qemu-user
        }
        { $as_root apt-get update -qq && install; } >/dev/null && works && exit 0
        # An old release has it among its backports, on the server that packages come from; the system's own
        # list of sources stays as it is.
        release=$(. /etc/os-release && echo "$VERSION_CODENAME")
        server=$(apt-get indextargets --format '$(REPO_URI)' "Codename: $release" "Created-By: Packages" | head -n 1)
        folder=$(mktemp -d) && chmod 755 "$folder" && mkdir "$folder/lists"
        echo "deb $server $release-backports main" >"$folder/sources.list"
        set -- -o "Dir::Etc::SourceList=$folder/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$folder/lists"
        { $as_root apt-get "$@" update -qq && install "$@"; } >/dev/null
        $as_root rm -r "$folder"
        works && exit 0
    fi
fi
echo "no qemu-user of version 10 or newer is here and none can be installed: tests on an emulated processor will be skipped"

#!/bin/sh
# Make the environment $1 from the lock, unless it is whole. $2: the interpreter asked for, or nothing (what the
# environment has, or python3). $3: another lock than envs/requirements.txt. Run from the top folder; `make environment` does.
set -eu
. envs/pythons.sh

venv=$1
asked=${2:-}
requirements=${3:-envs/requirements.txt}
python=${asked:-python3}
stamp=$venv/installed
folder=$(pwd -P)
lock=$(cat "$requirements" pyproject.toml | cksum)

stamped() {
    sed -n "$1p" "$stamp" 2>/dev/null || true
}

# The version of an environment that was installed to the end, in this folder, and whose interpreter is still there.
standing() {
    version=$(stamped 1)
    [ "$(stamped 2)" = "$folder" ] && [ "$(version_of "$venv/bin/python")" = "$version" ] && echo "$version"
}

have=$(standing) || have=
wanted=$have
if [ -n "$asked" ] || [ -z "$have" ]; then
    check "$python"
    wanted=$version
fi
if [ "$have" = "$wanted" ] && [ "$(stamped 3)" = "$lock" ]; then
    exit 0
fi
if [ "$have" != "$wanted" ]; then
    echo "Making $venv anew with Python $wanted."
    "$python" -m venv --clear "$venv" || fail "$python could not make $venv; the lines above say why."
fi
# Without its stamp an environment counts as unfinished, whatever stops the next lines.
rm -f "$stamp"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements" &&
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --editable . ||
    fail "pip could not install what $requirements names; its lines above say why. The same command begins anew."
printf '%s\n' "$wanted" "$folder" "$lock" >"$stamp"

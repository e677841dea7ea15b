# Sourced: which Pythons serve (pyproject.toml says the same), and where this machine has them.
# 3.13 does not: GraKeL, which carries MUTAG, has no wheel for it.
VERSIONS="3.11 3.12"

# "3.12" of an interpreter; fails where it is missing or does not run.
version_of() {
    "$1" -c 'import sys; sys.stdout.write("%d.%d" % sys.version_info[:2])' 2>/dev/null
}

serves() {
    case " $VERSIONS " in
    *" $1 "*) return 0 ;;
    *) return 1 ;;
    esac
}

can_make_environments() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

# An interpreter of a version, on PATH or in pyenv's folder; fails where there is none.
found() {
    for candidate in "python$1" "${PYENV_ROOT:-${HOME:-}/.pyenv}/versions/$1".*/bin/python; do
        if [ "$(version_of "$candidate")" = "$1" ] && can_make_environments "$candidate"; then
            echo "$candidate"
            return 0
        fi
    done
    return 1
}

fail() {
    echo "repool: $*" >&2
    exit 1
}

others() {
    for version in $VERSIONS; do
        found "$version" || true
    done | sed 's/.*/PYTHON="&"/' | paste -s -d , - | sed 's/,/, /g'
}

refuse() {
    needed="repool needs Python $(echo "$VERSIONS" | sed 's/ / or /')"
    here=$(others)
    if [ -n "$here" ]; then
        fail "$* $needed. This machine has one: add $here to the make command."
    fi
    fail "$* $needed, with venv: install one and add PYTHON=/where/it/is to the make command."
}

# Sets `version`; ends with a sentence where an interpreter does not serve.
check() {
    version=$(version_of "$1") || refuse "$1 is not there, or does not run."
    serves "$version" || refuse "$1 is Python $version."
    can_make_environments "$1" ||
        refuse "$1 cannot make environments, for it has no venv (Debian, Ubuntu: apt-get install python$version-venv)."
}

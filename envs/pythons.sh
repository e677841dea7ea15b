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
    for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
        if [ "$(version_of "$candidate")" = "$1" ] && can_make_environments "$candidate"; then
            echo "$candidate"
            return 0
        fi
    done
    return 1
}

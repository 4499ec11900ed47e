#!/bin/sh
# Run every rival on the windows of datasets, and keep their scores: sh benchmarks/rivals/run.sh [DATASET …]
#
# Rivals run in an environment of their own, made here once from requirements.txt (RIVALS names another place); all
# else in the project's, which must be the active one, in its top folder, after `tidemark repro` (models are only
# needed where a part of the test windows is predicted). One thread each, to be compared by CPU seconds.
set -eu
here=benchmarks/rivals
rivals=${RIVALS:-runs/rivals/venv}
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 NUMBA_NUM_THREADS=1
if [ ! -x "$rivals/bin/python" ]; then
    python -m venv "$rivals"
    # torch first: nothing after it brings another build of it.
    "$rivals/bin/pip" install --quiet "$(grep '^torch==' $here/requirements.txt)"
    "$rivals/bin/pip" install --quiet --requirement $here/requirements.txt
fi
[ $# -gt 0 ] || set -- co2-weekly sunspots harmonics-noisy harmonics-drift co2 sine sine-free lincomb-pure \
    lincomb-pseudo gp-rbf gp-matern gp-periodic pairs-const pairs-rbf shares wrist
for dataset; do
    case $dataset in
        co2-weekly | sunspots) scripts="statistical neural regression" windows="" ;;
        # An AutoARIMA for each of a thousand windows would take an hour.
        harmonics*) scripts="statistical neural regression" windows="--windows 100" ;;
        sine* | lincomb* | co2) scripts=denoisers windows="" ;;
        gp-* | pairs-* | shares) scripts=inferrers windows="" ;;
        wrist) scripts=classifiers windows="" ;;
        *) echo "$dataset: no rivals for it; add it to $here/run.sh" >&2; exit 1 ;;
    esac
    # shellcheck disable=SC2086
    python $here/windows.py "$dataset" $windows
    for script in $scripts; do "$rivals/bin/python" "$here/$script.py" "$dataset"; done
    python $here/score.py "$dataset" --keep
done

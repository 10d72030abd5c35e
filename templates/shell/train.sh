#!/bin/sh
# Gradient descent on Rosenbrock's valley, (1-x)^2 + 100 (y-x^2)^2, from (-1.2, 1).
# One unit of resource is 200 steps. Needs sh, awk and stune-worker, which is on PATH in a study.
#
#   train.sh RATE [MOMENTUM]
set -eu

rate=$1
momentum=${2:-0}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 143' TERM
state=$scratch/state

# The state is one line: position and velocity. Start from the checkpoint, or from the beginning.
if [ -n "${STUNE_RESUME:-}" ]; then
    cp "$STUNE_RESUME" "$state"
else
    echo "-1.2 1 0 0" >"$state"
fi

resource=$STUNE_FROM
while :; do
    resource=$((resource + 1))

    # Writes the next state and prints the loss. Numbers keep all their digits, so that stopping
    # and going on changes nothing. A loss beyond 1e30 has diverged, and is said to be infinite.
    loss=$(awk -v rate="$rate" -v momentum="$momentum" -v next_state="$state.next" '
        {
            x = $1; y = $2; vx = $3; vy = $4
            loss = (1 - x) ^ 2 + 100 * (y - x * x) ^ 2
            for (step = 0; step < 200 && loss < 1e30; step++) {
                vx = momentum * vx - rate * (-2 * (1 - x) - 400 * x * (y - x * x))
                vy = momentum * vy - rate * (200 * (y - x * x))
                x += vx; y += vy
                loss = (1 - x) ^ 2 + 100 * (y - x * x) ^ 2
            }
            printf "%.17g %.17g %.17g %.17g\n", x, y, vx, vy > next_state
            if (loss < 1e30) printf "%.17g\n", loss; else print "inf"
        }' "$state")
    mv "$state.next" "$state"

    # Where the trial pauses or ends, and when it is time to leave, the answer is not 'continue': save then.
    answer=$(stune-worker report "loss=$loss" --resource "$resource")
    if [ "$answer" != continue ]; then
        cp "$state" "$scratch/checkpoint"
        stune-worker checkpoint "$scratch/checkpoint" --resource "$resource" >/dev/null
        break
    fi
done

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times Fuselight against a plain PyTorch pipeline, turn by turn on the same machine, and prints the ratios.

    compare_reference.py --program build/release/bin/fuselight --python venv/bin/python --pipeline resources/models/starter \\
                         --text TEXT_MODEL_DIR [--rounds 5] [--steps 25]
    fuselight make-random-pipeline DIR && compare_reference.py --program ... --python ... --pipeline DIR

The other side is plain_fusedit.py, or any program (--reference) with its options --pipeline, --text, --prompt, --seeds, --steps,
--guidance, --dtype and --repeat that prints "S s per image" for each repeat. --python is one that has torch.
Both sides encode the prompt in every timed run, and the first run of each process is not counted. A round is one process of each
side; the ratio is taken inside a round, so a machine whose speed drifts does not favour either.
"""
import argparse
import json
import os
import re
import statistics
import subprocess

PROMPT = "three strawberries on a yellow background"


def reference_seconds(args, batch):
    seeds = [str(seed) for seed in range(batch)]
    command = [args.python, args.reference, "--pipeline", args.pipeline, *(["--text", args.text] if args.text else []), "--prompt", PROMPT,
               "--seeds", *seeds, "--steps", str(args.steps), "--guidance", "3", "--dtype", args.dtype, "--repeat", str(args.repeats + 1)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return statistics.median(float(s) for s in re.findall(r"([0-9.]+) s per image", out)[1:])


def fuselight_report(args):
    command = [args.program, "bench", "--model", args.pipeline, *(["--text-model", args.text] if args.text else []), "--prompt", PROMPT,
               "--steps", str(args.steps), "--guidance-scale", "3", "--dtype", args.dtype, "--repeats", str(args.repeats)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("program", "python", "pipeline"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--text", default="", help="folder of the text model, where the pipeline does not hold one")
    parser.add_argument("--reference", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "plain_fusedit.py"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--dtype", default="bfloat16", choices=["bfloat16", "float32"])
    args = parser.parse_args()

    rows = {1: [], 4: []}
    for _ in range(args.rounds):
        report = fuselight_report(args)
        for timing in report["batches"]:
            batch = timing["batch_size"]
            theirs = reference_seconds(args, batch)
            rows[batch].append((timing["seconds_per_image"], theirs, timing["seconds_per_image"] / theirs, timing["floor_ratio"]))
    print(f"{args.dtype}, {args.steps} steps, {args.rounds} rounds, medians; measured GEMM rate {report['gemm_gflops']:.0f} GFLOP/s")
    print("batch  fuselight s/image  reference s/image  ratio (min..max)      time/floor")
    for batch, values in rows.items():
        ours, theirs, ratios, floors = zip(*values)
        print(f"{batch:5d}  {statistics.median(ours):17.3f}  {statistics.median(theirs):17.3f}  {statistics.median(ratios):5.2f}"
              f" ({min(ratios):.2f}..{max(ratios):.2f})     {statistics.median(floors):5.2f}")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""Writes schedules.txt: what diffusers' FlowMatchEulerDiscreteScheduler makes of shift, training steps and sampling steps.

    pip install diffusers==0.32.0 && python make_schedules.py > schedules.txt
"""
from diffusers import FlowMatchEulerDiscreteScheduler

for train in (1000, 500):
    for shift in (1.0, 1.7, 3.0, 6.25, 0.4):
        for steps in (1, 2, 4, 7, 25):
            scheduler = FlowMatchEulerDiscreteScheduler(num_train_timesteps=train, shift=shift)
            scheduler.set_timesteps(steps)
            print(train, shift, steps, *(f"{s:.9g}" for s in scheduler.sigmas.tolist()))

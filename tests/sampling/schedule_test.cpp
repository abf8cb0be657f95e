// SPDX-License-Identifier: Apache-2.0
// The noise levels against those of diffusers' scheduler (schedules.txt, made by make_schedules.py).
#include "inference/sampling/schedule.h"

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using inference::make_flow_match_schedule;

TEST(Schedule, equalsTheReferencesToTheLastBit) {
    std::ifstream file(FUSELIGHT_FIXTURES "/schedules.txt");
    int schedules = 0;
    for (std::string line; std::getline(file, line); ++schedules) {
        std::istringstream words(line);
        int train = 0, steps = 0;
        double shift = 0;
        words >> train >> shift >> steps;
        std::vector<float> expected;
        for (float sigma = 0; words >> sigma;) expected.push_back(sigma);
        EXPECT_EQ(make_flow_match_schedule(steps, shift, train).sigmas, expected) << line;
    }
    EXPECT_EQ(schedules, 50);
}

TEST(Schedule, shiftActsTwiceOnTheLastSigmaHoweverManySteps) {
    for (const int steps : {2, 3, 25, 1000}) {
        const auto schedule = make_flow_match_schedule(steps, 3.0);
        EXPECT_EQ(schedule.steps(), steps);
        EXPECT_FLOAT_EQ(schedule.sigma(steps - 1), 1.0f / 112.0f);
        EXPECT_EQ(schedule.sigma(steps), 0.0f);
    }
}

TEST(Schedule, singleStepGoesFromOneToZero) { EXPECT_EQ(make_flow_match_schedule(1, 3.0).sigmas, (std::vector<float>{1.0f, 0.0f})); }

TEST(Schedule, sigmasDecreaseForAnyShift) {
    for (const double shift : {0.05, 0.5, 1.0, 3.0, 12.0}) {
        const auto schedule = make_flow_match_schedule(40, shift);
        for (int i = 0; i < schedule.steps(); ++i) EXPECT_LT(schedule.step_size(i), 0) << "shift " << shift << ", step " << i;
    }
}

}  // namespace

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>

namespace tests {

/// The suite under whose name app_tests runs as the program that is killed; its one argument is the profile's folder.
/// On its standard output, a line for everything that a window would have shown by then:
///   image <id> <file>      a picture entered the gallery
///   rating <id> <stars>    its stars changed
///   waiting <job>          a job was queued
///   over <job>             it is done
constexpr auto survival_child = "survival_child";

int runSurvivalChild(const QStringList& arguments);

}  // namespace tests

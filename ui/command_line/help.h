// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCommandLineParser>
#include <QString>

#include "inference/api/result.h"

namespace ui {

/// Words that cannot be carried out as written, as an error.
inference::Error usage(const QString& sentence);

/// Parses a command's words. When they ask for --help or --version, `help` is what to print and nothing else is to be done.
/// Errors: invalid_request (an unknown option, a missing value, a word too many).
inference::Result<void> parseWords(QCommandLineParser& parser, const QStringList& arguments, QString& help, int words_allowed = 0);

/// What `fuselight --help` says, exit codes included.
QString programHelp(const QString& window_options);

}  // namespace ui

// SPDX-License-Identifier: Apache-2.0
#include "ui/command_line/help.h"

#include <QCoreApplication>

namespace ui {

inference::Error usage(const QString& sentence) { return {inference::ErrorCode::invalid_request, sentence.toStdString()}; }

inference::Result<void> parseWords(QCommandLineParser& parser, const QStringList& arguments, QString& help, int words_allowed) {
    const QCommandLineOption help_option = parser.addHelpOption();
    const QCommandLineOption version_option = parser.addVersionOption();
    if (!parser.parse(arguments)) return inference::failure(inference::ErrorCode::invalid_request, parser.errorText().toStdString());
    if (parser.isSet(help_option)) {
        help = parser.helpText().trimmed();
        return {};
    }
    if (parser.isSet(version_option)) {
        help = QStringLiteral("fuselight %1").arg(QCoreApplication::applicationVersion());
        return {};
    }
    const QStringList words = parser.positionalArguments();
    if (words.size() > words_allowed) {
        return inference::failure(
            inference::ErrorCode::invalid_request,
            QStringLiteral("\"%1\" is a word too many; a prompt with spaces needs quotes").arg(words.at(words_allowed)).toStdString());
    }
    return {};
}

QString programHelp(const QString& window_options) {
    return window_options.trimmed() +
        QStringLiteral("\n\nCommands (each with its own --help):\n"
                       "  generate               draw images without a window\n"
                       "  models                 list, add, inspect and remove models\n"
                       "  bench                  time the engine on this machine, as JSON\n"
                       "  rate                   say what you think of pictures\n"
                       "  train                  learn an adapter from ratings\n"
                       "  adapters               list, import, export and remove what was learned\n"
                       "  evaluate-feedback      measure what a synthetic rater's stars teach\n"
                       "  import-checkpoint      make a model out of weights of the reference's trainer\n"
                       "  make-random-pipeline   write a model of some size with random weights\n"
                       "\nExit status:\n"
                       "  0 done   1 internal error   2 wrong words or an impossible request   3 model missing or damaged\n"
                       "  4 not enough memory   5 reading or writing failed   6 device not available   130 interrupted");
}

}  // namespace ui

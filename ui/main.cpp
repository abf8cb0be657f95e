// SPDX-License-Identifier: Apache-2.0
// Program entry: `fuselight` opens the studio, `fuselight generate` and `fuselight bench` run the same services without a window.

#include <QCoreApplication>
#include <QHash>
#include <QStringList>

#include "ui/command_line/bench_command.h"
#include "ui/command_line/evaluate_command.h"
#include "ui/command_line/generate_command.h"
#include "ui/command_line/rate_command.h"
#include "ui/command_line/train_command.h"
#include "ui/start/program_files.h"
#include "ui/start/studio.h"

namespace {

/// The words without the command's name, as the command's own parser expects them.
QStringList withoutCommand(QStringList arguments) {
    arguments.removeAt(1);
    return arguments;
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication::setOrganizationName(QStringLiteral("Fuselight"));
    QCoreApplication::setOrganizationDomain(QStringLiteral("fuselight.org"));
    QCoreApplication::setApplicationName(QStringLiteral("fuselight"));
    QCoreApplication::setApplicationVersion(QStringLiteral(FUSELIGHT_VERSION));

    const QByteArray command = argc > 1 ? QByteArray(argv[1]) : QByteArray();
    const QHash<QByteArray, ui::ExitCode (*)(const QStringList&, const ui::ProgramFiles&)> commands = {{"generate", ui::runGenerate},
                                                                                                       {"bench", ui::runBench},
                                                                                                       {"evaluate-feedback", ui::runEvaluateFeedback},
                                                                                                       {"rate", ui::runRate},
                                                                                                       {"train", ui::runTrain}};
    if (const auto run = commands.value(command)) {
        const QCoreApplication application(argc, argv);
        const auto files = ui::ProgramFiles::beside(QCoreApplication::applicationDirPath());
        const QStringList arguments = withoutCommand(QCoreApplication::arguments());
        return static_cast<int>(run(arguments, files));
    }
    return ui::runStudio(argc, argv);
}

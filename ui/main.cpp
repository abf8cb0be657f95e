// SPDX-License-Identifier: Apache-2.0
// Program entry: `fuselight` opens the studio, `fuselight COMMAND` runs the same services without a window.

#include <QCoreApplication>
#include <QStringList>

#include "ui/command_line/bench_command.h"
#include "ui/command_line/evaluate_command.h"
#include "ui/command_line/generate_command.h"
#include "ui/command_line/models_command.h"
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

using Run = ui::ExitCode (*)(const QStringList& arguments, const ui::ProgramFiles& files);

/// Null for the window.
Run commandNamed(const QByteArray& name) {
    if (name == "generate") return ui::runGenerate;
    if (name == "models") return ui::runModels;
    if (name == "bench") return ui::runBench;
    if (name == "rate") return ui::runRate;
    if (name == "train") return ui::runTrain;
    if (name == "evaluate-feedback") return ui::runEvaluateFeedback;
    return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication::setOrganizationName(QStringLiteral("Fuselight"));
    QCoreApplication::setOrganizationDomain(QStringLiteral("fuselight.org"));
    QCoreApplication::setApplicationName(QStringLiteral("fuselight"));
    QCoreApplication::setApplicationVersion(QStringLiteral(FUSELIGHT_VERSION));

    const QByteArray command = argc > 1 ? QByteArray(argv[1]) : QByteArray();
    if (const auto run = commandNamed(command)) {
        const QCoreApplication application(argc, argv);
        const auto files = ui::ProgramFiles::beside(QCoreApplication::applicationDirPath());
        return static_cast<int>(run(withoutCommand(QCoreApplication::arguments()), files));
    }
    return ui::runStudio(argc, argv);
}

// SPDX-License-Identifier: Apache-2.0
#include "ui/command_line/profile_option.h"

namespace ui {

ProfileOption::ProfileOption(QCommandLineParser& parser) :
    parser_(parser),
    profile_(QStringLiteral("profile"), QStringLiteral("Folder of the profile; the user's own when not given."), QStringLiteral("DIR")) {
    parser.addOption(profile_);
}

app::ProfilePaths ProfileOption::paths() const {
    return parser_.isSet(profile_) ? app::ProfilePaths::inside(parser_.value(profile_)) : app::ProfilePaths::standard();
}

}  // namespace ui
